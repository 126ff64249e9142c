"""Reference data of an installation and the demo county; loading twice changes nothing."""

"""Decision models after DMN: reading, checking, evaluating."""

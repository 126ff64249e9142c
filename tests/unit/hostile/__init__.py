"""Input that means harm, through the doors it would come by."""

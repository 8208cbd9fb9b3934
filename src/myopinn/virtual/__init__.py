"""Virtual people: bodies, controllers and electrodes whose truth is known."""

"""Pictures from elsewhere: what is made of them before anyone sees them."""

"""Our own parts of Rasa's pipeline. They run in Rasa's environment, never in the product's."""

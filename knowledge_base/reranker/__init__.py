"""A second stage: a cross-encoder of the shop's choice looks at the first ten entries again."""

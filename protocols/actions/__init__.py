"""The verbs of the room, by noun: templates, copies, drafting, approval, signing, reviews."""

"""Named wrong answers, one file for each exercise; each with the sentence that corrects it."""

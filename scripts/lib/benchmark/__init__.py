"""What symbackprop's gradients cost, beside what they cost elsewhere, within one run on one machine."""

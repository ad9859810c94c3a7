"""What an intervention earned: who is held out, whether the draw is sound, the effect and how sure it is.

Arrays run over n units (products, members, pages): ``is_treated`` says which got the new rule, the others keep the old.
"""

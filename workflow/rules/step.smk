# What every rule is: one function of the package, called on the rule's files by one script. `complete`
# gives it the rest at the Snakefile's end.


rule step:
    script:
        "../scripts/call.py"

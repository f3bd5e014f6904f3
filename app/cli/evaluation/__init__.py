"""The words of `lampblack evaluate`: its flags, its models, its report in lines."""

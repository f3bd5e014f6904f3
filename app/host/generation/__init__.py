"""Generation, the same for every engine: prompt, chat template, decode loop, stops, bans."""

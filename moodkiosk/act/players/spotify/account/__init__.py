"""The household's account at Spotify: `login` signs in, `redirect` catches the answer, `tokens` keeps it."""

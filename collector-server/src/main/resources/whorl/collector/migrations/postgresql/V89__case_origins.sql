-- Whose evidence a case has ever had: its notes may be about what has left it.
CREATE TABLE case_origins (
  of_case TEXT COLLATE "C" NOT NULL,
  origin TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (of_case, origin)
);

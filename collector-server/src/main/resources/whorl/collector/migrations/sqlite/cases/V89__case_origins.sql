-- Whose evidence a case has ever had: its notes may be about what has left it.
CREATE TABLE case_origins (
  of_case TEXT NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (of_case, origin)
);

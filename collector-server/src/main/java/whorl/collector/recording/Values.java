package whorl.collector.recording;

/** What values are told to, as deep as they go. Names and texts are in UTF-8. */
public interface Values {
  /** Whether telling more is of no use. */
  boolean isFull();

  /** There is no value. */
  void nothing();

  /** What is behind here is not told. */
  void more();

  void whole(long number);

  void fraction(float number);

  void fraction(double number);

  void truth(boolean truth);

  void character(char character);

  void text(byte[] text);

  void beginMembers();

  /** A member's value follows. */
  void member(Field field, boolean first);

  void endMembers();

  void beginElements();

  /** An element follows. */
  void element(boolean first);

  void endElements();
}

package whorl.collector.recording;

/** Receives values and their members. Names and texts are in UTF-8. */
public interface Values {
  /** True if further values are dropped. */
  boolean isFull();

  /** There is no value. */
  void absent();

  /** Members or elements from here on are left out. */
  void truncated();

  void integer(long number);

  void fraction(float number);

  void fraction(double number);

  void bool(boolean truth);

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

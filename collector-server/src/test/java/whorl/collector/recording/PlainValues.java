package whorl.collector.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Writes a value as a short text. */
final class PlainValues implements Values {
  static final int ENOUGH_CHARS = 100_000;

  /** The text so far. */
  final StringBuilder text = new StringBuilder();

  @Override
  public boolean isFull() {
    return text.length() >= ENOUGH_CHARS;
  }

  @Override
  public void absent() {
    text.append('-');
  }

  @Override
  public void truncated() {
    text.append('…');
  }

  @Override
  public void integer(long number) {
    text.append(number);
  }

  @Override
  public void fraction(float number) {
    text.append(number);
  }

  @Override
  public void fraction(double number) {
    text.append(number);
  }

  @Override
  public void bool(boolean truth) {
    text.append(truth);
  }

  @Override
  public void character(char character) {
    text.append('\'').append(character).append('\'');
  }

  @Override
  public void text(byte[] utf8) {
    text.append(new String(utf8, UTF_8));
  }

  @Override
  public void beginMembers() {
    text.append('{');
  }

  @Override
  public void member(Field field, boolean first) {
    text.append(field.name());
  }

  @Override
  public void endMembers() {
    text.append('}');
  }

  @Override
  public void beginElements() {
    text.append('[');
  }

  @Override
  public void element(boolean first) {
    text.append(first ? "" : ",");
  }

  @Override
  public void endElements() {
    text.append(']');
  }
}

package whorl.collector.recording;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of the metadata's tree. */
final class Element {
  private static final int DEPTH_MAX = 16;

  private final String name;
  private final List<String> attributes;
  private final List<Element> children;

  private Element(String name, List<String> attributes, List<Element> children) {
    this.name = name;
    this.attributes = attributes;
    this.children = children;
  }

  /** How many more elements and attributes the tree may have. */
  static final class Limits {
    private int elements;
    private int attributes;

    Limits(int elements, int attributes) {
      this.elements = elements;
      this.attributes = attributes;
    }

    void take(int moreAttributes) throws DamagedRecordingException {
      elements--;
      attributes -= moreAttributes;
      if (elements < 0 || attributes < 0) {
        throw new DamagedRecordingException("its metadata has too many elements");
      }
    }
  }

  /** Reads an element with its children. Names and values are indexes into {@code texts}. */
  static Element read(Input input, String[] texts, Limits limits, int depth)
      throws DamagedRecordingException {
    if (depth > DEPTH_MAX) {
      throw new DamagedRecordingException("its metadata is nested deeper than " + DEPTH_MAX);
    }
    String name = text(input, texts);
    int attributeCount = input.readCount();
    limits.take(attributeCount);
    List<String> attributes = new ArrayList<>(2 * attributeCount);
    for (int i = 0; i < 2 * attributeCount; i++) {
      attributes.add(text(input, texts));
    }
    int childCount = input.readCount();
    List<Element> children = new ArrayList<>(Math.min(childCount, 8));
    for (int i = 0; i < childCount; i++) {
      children.add(read(input, texts, limits, depth + 1));
    }
    return new Element(name, attributes, children);
  }

  String name() {
    return name;
  }

  List<Element> children() {
    return children;
  }

  @Nullable String attribute(String attribute) {
    for (int i = 0; i < attributes.size(); i += 2) {
      if (attributes.get(i).equals(attribute)) {
        return attributes.get(i + 1);
      }
    }
    return null;
  }

  /** The attribute as a number; {@code defaultValue} if it is missing. */
  long number(String attribute, long defaultValue) throws DamagedRecordingException {
    String text = attribute(attribute);
    try {
      return text == null ? defaultValue : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new DamagedRecordingException("its metadata has " + attribute + " that is no number");
    }
  }

  private static String text(Input input, String[] texts) throws DamagedRecordingException {
    int number = input.readInt();
    if (number < 0 || number >= texts.length) {
      throw new DamagedRecordingException(
          "its metadata names text " + number + ", which is missing");
    }
    return texts[number];
  }
}

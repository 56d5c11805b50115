package whorl.collector.cli.command;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.Text;

/**
 * The values that an option can have: for shells that complete them, and as a converter that
 * refuses others. Case does not matter, and several can be given with commas between.
 */
public abstract class Words implements Iterable<String>, ITypeConverter<String> {
  private final List<String> words;

  protected Words(String... words) {
    this(List.of(words));
  }

  protected Words(List<String> words) {
    this.words = List.copyOf(words);
  }

  @Override
  public Iterator<String> iterator() {
    return words.iterator();
  }

  @Override
  public String convert(String text) {
    List<String> known = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String word = part.strip().toLowerCase(Locale.ROOT);
      if (!words.contains(word)) {
        throw new TypeConversionException(
            "not one of " + String.join(", ", words) + ": " + Text.shortened(part));
      }
      known.add(word);
    }
    return String.join(",", known);
  }
}

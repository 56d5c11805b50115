package whorl.collector.cli;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.Level;

/** A level from its word, in letters of any case. */
final class LevelConverter implements ITypeConverter<Level> {
  @Override
  public Level convert(String word) {
    try {
      return Level.of(word.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

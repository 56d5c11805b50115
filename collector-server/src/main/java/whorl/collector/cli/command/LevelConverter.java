package whorl.collector.cli.command;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.Level;

/** Parses a level, ignoring case. */
public final class LevelConverter implements ITypeConverter<Level> {
  @Override
  public Level convert(String word) {
    try {
      return Level.of(word.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

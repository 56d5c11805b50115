package whorl.collector.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.Level;

/** A level from its word. */
final class LevelConverter implements ITypeConverter<Level> {
  @Override
  public Level convert(String word) {
    try {
      return Level.of(word);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

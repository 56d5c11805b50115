package whorl.collector.cli.ids;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an id, or a part of one. */
public final class GivenIdConverter implements ITypeConverter<GivenId> {
  @Override
  public GivenId convert(String text) {
    try {
      return GivenId.of(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

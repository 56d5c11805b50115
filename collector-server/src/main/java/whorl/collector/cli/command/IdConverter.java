package whorl.collector.cli.command;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.Id;

/** Parses an id as shown in lists. */
public final class IdConverter implements ITypeConverter<Id> {
  @Override
  public Id convert(String text) {
    try {
      return new Id(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

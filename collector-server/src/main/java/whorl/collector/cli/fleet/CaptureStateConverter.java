package whorl.collector.cli.fleet;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.channel.CaptureState;

/** Parses the state of a capture, ignoring case. */
final class CaptureStateConverter implements ITypeConverter<CaptureState> {
  @Override
  public CaptureState convert(String word) {
    try {
      return CaptureState.of(word.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}

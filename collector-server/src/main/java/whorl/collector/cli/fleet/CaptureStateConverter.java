package whorl.collector.cli.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
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
      throw new TypeConversionException(
          e.getMessage()
              + "; give one of "
              + Arrays.stream(CaptureState.values())
                  .map(CaptureState::word)
                  .collect(Collectors.joining(", ")));
    }
  }
}

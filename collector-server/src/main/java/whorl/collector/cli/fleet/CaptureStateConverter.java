package whorl.collector.cli.fleet;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.evidence.CaptureState;

/** Parses the state of a capture, ignoring case. */
final class CaptureStateConverter implements ITypeConverter<CaptureState> {
  @Override
  public CaptureState convert(String word) {
    String wanted = word.toLowerCase(Locale.ROOT);
    for (CaptureState state : CaptureState.values()) {
      if (state.word().equals(wanted)) {
        return state;
      }
    }
    throw new TypeConversionException(
        "'"
            + word
            + "' is none of "
            + Arrays.stream(CaptureState.values())
                .map(CaptureState::word)
                .collect(Collectors.joining(", ")));
  }
}

package whorl.collector.cli.ids;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import whorl.collector.cli.client.CollectorClient;
import whorl.evidence.Text;

/**
 * A row as a person names it: {@code EVIDENCE:ROW}, which is the row's {@code event.id} if the
 * evidence's id is whole.
 *
 * @param number the row's {@code jvm.row}
 */
public record GivenRow(GivenId evidence, long number) {
  private static final int DIGITS = 18;

  /**
   * Reads a row's name.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static GivenRow of(String text) {
    int colon = text.lastIndexOf(':');
    String number = text.substring(colon + 1);
    if (colon < 1 || !number.matches("[0-9]{1," + DIGITS + "}")) {
      throw new IllegalArgumentException(
          "not a row: "
              + Text.shortened(text)
              + "; give EVIDENCE:ROW, such as latest:4711, as `whorl timeline` shows rows");
    }
    return new GivenRow(GivenId.of(text.substring(0, colon)), Long.parseLong(number));
  }

  /** The row's {@code event.id}. */
  public String eventId(CollectorClient collector) {
    return Ids.of(collector, IdKind.EVIDENCE, evidence) + ":" + number;
  }

  /** Parses a row's name. */
  public static final class Converter implements ITypeConverter<GivenRow> {
    @Override
    public GivenRow convert(String text) {
      try {
        return of(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}

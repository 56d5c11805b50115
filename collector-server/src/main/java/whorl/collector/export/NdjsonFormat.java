package whorl.collector.export;

import java.io.OutputStream;
import whorl.evidence.Json;

/** Rows as the API tells them, flat, one JSON object a line. */
final class NdjsonFormat implements RowFormat {
  static final String MEDIA_TYPE = "application/x-ndjson";

  @Override
  public String mediaType() {
    return MEDIA_TYPE;
  }

  @Override
  public String ending() {
    return "ndjson";
  }

  @Override
  public Sink begin(OutputStream out, boolean stacks) {
    return row -> {
      out.write(Json.bytes(WellFormed.values(row.flat())));
      out.write('\n');
    };
  }
}

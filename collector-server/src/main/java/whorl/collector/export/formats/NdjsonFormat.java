package whorl.collector.export.formats;

import java.io.OutputStream;
import whorl.evidence.Json;

/** Rows in the format of the API, flat, one JSON object per line. */
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

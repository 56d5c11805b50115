package whorl.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * The JSON form of our records, for writing and reading: times in RFC 3339, nulls left out, unknown
 * fields refused by name, nesting, lengths and numbers bounded.
 */
public final class Json {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_STRING_CHARS = 8 << 20;

  /** Limit of one document: a manifest of 20,000 artifacts has 200,000. */
  private static final long MAX_TOKENS = 2_000_000;

  /** Strict: an unknown field is an error that names it. */
  public static final ObjectMapper MAPPER = mapper(true);

  /** For messages of a newer peer and for foreign payloads: unknown fields are ignored. */
  public static final ObjectMapper LENIENT = mapper(false);

  private Json() {}

  /** The JSON of one of our own records, which can always be written. */
  public static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write as JSON: " + value.getClass().getName(), e);
    }
  }

  /** Same as {@link #bytes}, as text. */
  public static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write as JSON: " + value.getClass().getName(), e);
    }
  }

  /** Writes a time as a value. */
  public static void write(Instant time, JsonGenerator json) throws IOException {
    char[] text = new char[TimeText.MAX_CHARS];
    int length = TimeText.write(time, text);
    if (length > 0) {
      json.writeString(text, 0, length);
    } else {
      json.writeString(time.toString());
    }
  }

  private static ObjectMapper mapper(boolean strict) {
    JsonFactory factory =
        JsonFactory.builder()
            // Bytes are UTF-8 (RFC 8259, 8.1). With detection of UTF-16 or UTF-32, hostile bytes
            // would have another meaning here than for other readers, and fail with other
            // exceptions.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            // Half a surrogate pair has no UTF-8 form, and hostile text may hold one.
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING_CHARS)
                    .maxTokenCount(MAX_TOKENS)
                    .build())
            .build();
    return JsonMapper.builder(factory)
        .addModule(
            new SimpleModule()
                .addSerializer(new InstantOut())
                .addDeserializer(Instant.class, new InstantIn()))
        .serializationInclusion(JsonInclude.Include.NON_NULL)
        .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, strict)
        .configure(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, true)
        .build();
  }

  private static final class InstantOut extends StdScalarSerializer<Instant> {
    InstantOut() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      write(value, out);
    }
  }

  private static final class InstantIn extends StdScalarDeserializer<Instant> {
    InstantIn() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      String text = in.getValueAsString("");
      try {
        Instant time = OffsetDateTime.parse(text).toInstant();
        // A time beyond the last year with a text form could be written but not read again.
        return time.atOffset(ZoneOffset.UTC).toInstant();
      } catch (DateTimeException e) {
        return (Instant)
            context.handleWeirdStringValue(Instant.class, text, "not an RFC 3339 time");
      }
    }
  }
}

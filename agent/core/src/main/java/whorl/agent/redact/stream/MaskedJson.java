package whorl.agent.redact.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import whorl.agent.redact.Redactor;
import whorl.evidence.Json;

/**
 * Writes our own records as JSON with every string and name masked: the only way in which a record
 * leaves the JVM as a message, manifest or alert.
 */
public final class MaskedJson {
  private final Redactor redactor;

  public MaskedJson(Redactor redactor) {
    this.redactor = redactor;
  }

  /** Returns the JSON of one of our own records, which can always be written. */
  public byte[] bytes(Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = generator(Json.MAPPER.getFactory().createGenerator(bytes))) {
      Json.MAPPER.writeValue(json, value);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write as JSON: " + value.getClass().getName(), e);
    }
    return bytes.toByteArray();
  }

  JsonGenerator generator(JsonGenerator next) {
    return new Masking(next, redactor, false);
  }

  /**
   * A generator for evidence, in which the names of record components count as names of values too.
   */
  JsonGenerator byRecordName(JsonGenerator next) {
    return new Masking(next, redactor, true);
  }

  private static final class Masking extends JsonGeneratorDelegate {
    private final Redactor redactor;
    private final boolean byRecordName;

    /** The name of the next values in a map; null for a record's component. */
    private @Nullable String name;

    /** The last {@code key} or {@code target}, whose {@code value} may follow. */
    private @Nullable String pairedWith;

    Masking(JsonGenerator next, Redactor redactor, boolean byRecordName) {
      super(next, false);
      this.redactor = redactor;
      this.byRecordName = byRecordName;
    }

    @Override
    public void writeString(String text) throws IOException {
      String under = name;
      if (under == null) {
        super.writeString(redactor.text(text));
        return;
      }
      boolean value = under.equals("value") || under.equals("detail");
      String named = value && pairedWith != null ? pairedWith : under;
      super.writeString(redactor.value(named, text));
      if (under.equals("key") || under.equals("target")) {
        pairedWith = text;
      }
    }

    @Override
    public void writeString(char[] text, int offset, int length) throws IOException {
      writeString(new String(text, offset, length));
    }

    @Override
    public void writeString(SerializableString text) throws IOException {
      writeString(text.getValue());
    }

    @Override
    public void writeArray(String[] texts, int offset, int length) throws IOException {
      writeStartArray(texts, length);
      for (int i = offset; i < offset + length; i++) {
        writeString(texts[i]);
      }
      writeEndArray();
    }

    @Override
    public void writeFieldName(String name) throws IOException {
      this.name = name;
      super.writeFieldName(redactor.text(name));
    }

    @Override
    public void writeStartObject() throws IOException {
      name = null;
      pairedWith = null;
      super.writeStartObject();
    }

    @Override
    public void writeStartObject(Object current) throws IOException {
      name = null;
      pairedWith = null;
      super.writeStartObject(current);
    }

    @Override
    public void writeStartObject(Object current, int size) throws IOException {
      name = null;
      pairedWith = null;
      super.writeStartObject(current, size);
    }

    @Override
    public void writeFieldName(SerializableString name) throws IOException {
      // A record's component: the name is ours and needs no mask.
      this.name = byRecordName ? name.getValue() : null;
      super.writeFieldName(name);
    }

    @Override
    public void writeRaw(String text) throws IOException {
      super.writeRaw(redactor.text(text));
    }

    @Override
    public void writeRawValue(String text) throws IOException {
      super.writeRawValue(redactor.text(text));
    }

    @Override
    public void writeString(Reader text, int length) {
      throw refused();
    }

    @Override
    public void writeRawUTF8String(byte[] text, int offset, int length) {
      throw refused();
    }

    @Override
    public void writeUTF8String(byte[] text, int offset, int length) {
      throw refused();
    }

    @Override
    public void writeRaw(String text, int offset, int length) {
      throw refused();
    }

    @Override
    public void writeRaw(SerializableString text) {
      throw refused();
    }

    @Override
    public void writeRaw(char[] text, int offset, int length) {
      throw refused();
    }

    @Override
    public void writeRawValue(String text, int offset, int length) {
      throw refused();
    }

    @Override
    public void writeRawValue(char[] text, int offset, int length) {
      throw refused();
    }

    /** Ensures that no text bypasses the mask, whatever a source calls. */
    private static UnsupportedOperationException refused() {
      return new UnsupportedOperationException(
          "text in this form cannot be masked; write it as a String");
    }
  }
}

package whorl.agent.capture.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import whorl.event.AgentEvent;
import whorl.event.RequestContext;
import whorl.evidence.Json;

/** Writes an event like its {@link AgentEvent#toLine}, without creating that object. */
public final class EventJson {
  private EventJson() {}

  public static void write(AgentEvent event, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeNumberField("sequence", event.sequence());
    json.writeFieldName("time");
    Json.write(event.time(), json);
    json.writeStringField("type", event.type().jfrName());
    json.writeObjectFieldStart("fields");
    writeFields(event, json);
    json.writeEndObject();
    if (event.thread() != null) {
      json.writeStringField("thread", event.thread());
    }
    json.writeArrayFieldStart("stack");
    if (event.hasStack()) {
      for (StackTraceElement frame : event.stack()) {
        json.writeString(frame.toString());
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void writeFields(AgentEvent event, JsonGenerator json) throws IOException {
    List<String> names = event.type().fields();
    for (int i = 0; i < names.size(); i++) {
      Object value = event.value(i);
      if (value != null) {
        json.writeFieldName(names.get(i));
        writeValue(value, json);
      }
    }
    RequestContext request = event.request();
    if (request != null && request.isStart()) {
      json.writeStringField("request.startedBy", request.id());
    } else if (request != null) {
      json.writeStringField("request.id", request.id());
      json.writeStringField("request.method", request.method());
      json.writeStringField("request.path", request.path());
      json.writeStringField("request.remoteAddress", request.remoteAddress());
    }
  }

  private static void writeValue(Object value, JsonGenerator json) throws IOException {
    if (value instanceof String text) {
      json.writeString(text);
    } else if (value instanceof Long number) {
      json.writeNumber(number);
    } else if (value instanceof Integer number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else {
      json.writePOJO(value);
    }
  }
}

package whorl.collector.mcp;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import java.io.IOException;
import whorl.evidence.Json;

/** Our JSON, with its bounds, for the SDK. */
final class JacksonMapper implements McpJsonMapper {
  private static final ObjectMapper MAPPER = Json.LENIENT;

  @Override
  public <T> T readValue(String content, Class<T> type) throws IOException {
    return MAPPER.readValue(content, type);
  }

  @Override
  public <T> T readValue(byte[] content, Class<T> type) throws IOException {
    return MAPPER.readValue(content, type);
  }

  @Override
  public <T> T readValue(String content, TypeRef<T> type) throws IOException {
    return MAPPER.readValue(content, java(type));
  }

  @Override
  public <T> T readValue(byte[] content, TypeRef<T> type) throws IOException {
    return MAPPER.readValue(content, java(type));
  }

  @Override
  public <T> T convertValue(Object fromValue, Class<T> type) {
    return MAPPER.convertValue(fromValue, type);
  }

  @Override
  public <T> T convertValue(Object fromValue, TypeRef<T> type) {
    return MAPPER.convertValue(fromValue, java(type));
  }

  @Override
  public String writeValueAsString(Object value) throws IOException {
    return MAPPER.writeValueAsString(value);
  }

  @Override
  public byte[] writeValueAsBytes(Object value) throws IOException {
    return MAPPER.writeValueAsBytes(value);
  }

  private static JavaType java(TypeRef<?> type) {
    return MAPPER.getTypeFactory().constructType(type.getType());
  }
}

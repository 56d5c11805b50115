package whorl.collector.mcp;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.spec.McpClientTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The client of the protocol's own SDK. */
public final class SdkClient {
  private SdkClient() {}

  /** Over HTTP, with a token. */
  public static McpSyncClient http(String url, String token) {
    return client(
        HttpClientStreamableHttpTransport.builder(url)
            .endpoint("/mcp")
            .jsonMapper(new JacksonMapper())
            .httpRequestCustomizer(
                (request, method, endpoint, body, context) ->
                    request.header("Authorization", "Bearer " + token))
            .build());
  }

  /** With {@code whorl mcp} as its child. */
  public static McpSyncClient stdio(String url, String token) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ServerParameters whorl =
        ServerParameters.builder(java)
            .args(
                List.of(
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "whorl.collector.Main",
                    "mcp",
                    "--url",
                    url))
            .addEnvVar("WHORL_TOKEN", token)
            .build();
    return client(new StdioClientTransport(whorl, new JacksonMapper()));
  }

  private static McpSyncClient client(McpClientTransport transport) {
    return McpClient.sync(transport)
        .requestTimeout(Duration.ofSeconds(60))
        .initializationTimeout(Duration.ofSeconds(60))
        .jsonSchemaValidator(new NoValidation())
        .build();
  }

  private static final class NoValidation implements JsonSchemaValidator {
    @Override
    public ValidationResponse validate(
        java.util.Map<String, Object> schema, Object structuredContent) {
      return ValidationResponse.asValid("{}");
    }
  }
}

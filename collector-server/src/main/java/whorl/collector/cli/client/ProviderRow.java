package whorl.collector.cli.client;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The identity provider at which people log in to a collector.
 *
 * @param device true if the command line can log in there by device code
 */
public record ProviderRow(
    String issuer,
    @JsonProperty("client_id") String clientId,
    boolean device,
    List<String> scopes) {
  public ProviderRow {
    issuer = issuer == null ? "" : issuer;
    clientId = clientId == null ? "" : clientId;
    scopes = scopes == null || scopes.isEmpty() ? List.of("openid") : List.copyOf(scopes);
  }
}

package whorl.collector.store.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * To whom an agent belongs, as it was proved and not as the agent says.
 *
 * @param proof how it was proved, such as {@code service-account}
 * @param identity who it is; only it may add to what it began
 * @param account shares one budget of the store
 * @param services the services that it may speak for; empty if the proof does not say
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Owner(
    String proof,
    String identity,
    String account,
    @Nullable String issuer,
    @Nullable String namespace,
    @Nullable String serviceAccount,
    @Nullable String pod,
    @Nullable String podUid,
    List<String> services) {
  private static final String SHARED_TOKEN = "shared-token";

  public Owner {
    services = services == null ? List.of() : List.copyOf(services);
  }

  /** True if nothing is proved but that the agent has the token that all agents share. */
  public boolean hasSharedToken() {
    return proof.equals(SHARED_TOKEN);
  }
}

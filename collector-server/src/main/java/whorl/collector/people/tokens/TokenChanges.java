package whorl.collector.people.tokens;

import java.io.IOException;
import whorl.collector.store.access.ApiToken;

/** Records in custody who made and revoked tokens. Durable when a method returns. */
public interface TokenChanges {
  /**
   * @param by the name of the person
   */
  void made(ApiToken token, String by, String remoteAddress) throws IOException;

  /**
   * @param by the name of the person, who may be an admin and not the maker
   */
  void revoked(ApiToken token, String by, String remoteAddress) throws IOException;
}

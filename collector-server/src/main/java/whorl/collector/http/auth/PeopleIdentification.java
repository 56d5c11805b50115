package whorl.collector.http.auth;

import org.jspecify.annotations.Nullable;
import whorl.collector.http.request.Person;
import whorl.collector.http.request.Principal;

/** Identifies people who have no token of the tokens file. Thread-safe. */
public interface PeopleIdentification {
  /** People have tokens of the tokens file only. */
  PeopleIdentification NONE =
      new PeopleIdentification() {
        @Override
        public boolean mayKnow(String token) {
          return false;
        }

        @Override
        public Principal byToken(String token) {
          throw new IllegalStateException("no token is known");
        }

        @Override
        public @Nullable Principal byPerson(Person person) {
          return null;
        }
      };

  /**
   * True if {@link #byToken} decides on this token. Looks at its form only. Called on event loops:
   * must not wait.
   */
  boolean mayKnow(String token);

  /**
   * The person that a token names. Called on worker threads.
   *
   * @throws whorl.collector.http.request.ProblemException 401 with the reason; 403 if the person
   *     may do nothing here; 503 if the token cannot be verified now
   */
  Principal byToken(String token);

  /**
   * What a person who logged in may do now.
   *
   * @return null if people of this provider cannot log in any more
   * @throws whorl.collector.http.request.ProblemException 403 if the person may do nothing here
   */
  @Nullable Principal byPerson(Person person);
}

package whorl.collector.people;

import whorl.collector.people.PeopleCounters.LoginResult;

/**
 * A login that did not work. The message says why and what to do, to a person, and holds no secret.
 */
final class LoginFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final LoginResult result;
  private final int status;

  /**
   * @param status of the HTTP answer
   */
  LoginFailure(LoginResult result, int status, String why) {
    super(why);
    this.result = result;
    this.status = status;
  }

  LoginResult result() {
    return result;
  }

  int status() {
    return status;
  }
}

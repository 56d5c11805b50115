package whorl.agent.hook.registration;

import whorl.agent.hook.weave.Hook;

/** Registrations with one kind of server. */
abstract class RegistrationHook implements Hook {
  final Registrations registrations;

  RegistrationHook(Registrations registrations) {
    this.registrations = registrations;
  }

  @Override
  public final String group() {
    return Registrations.GROUP;
  }
}

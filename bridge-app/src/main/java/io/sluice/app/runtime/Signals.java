package io.sluice.app.runtime;

import java.lang.reflect.Constructor;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals as something that is asked for. By itself the JVM runs its shutdown hooks at SIGTERM and ends with 143,
 * whatever they did; to those who look at exit codes that is a failure. And by SIGHUP it ends.
 */
final class Signals {

    /** To drain and end. */
    static final String TERM = "TERM";

    /** To read files again. */
    static final String HUP = "HUP";

    /** What the JVM ends with when nobody handles SIGTERM: 128 and its number. */
    static final int TERM_EXIT_CODE = 128 + 15;

    private static final Logger log = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /**
     * From now on the signal does this instead, on a thread of its own for each signal. Where the JVM does not give its
     * signals away, as with {@code -Xrs}, all stays as it was.
     */
    static void onReceived(String name, Runnable action) {
        try {
            // By reflection: the compiler's warning of these classes cannot be suppressed, and warnings are errors.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Constructor<?> named = signal.getConstructor(String.class);
            Object handling = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(action, arguments);
                        }
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler).invoke(null, named.newInstance(name), handling);
        } catch (ReflectiveOperationException | RuntimeException refused) {
            log.atDebug()
                    .addKeyValue("signal", name)
                    .setCause(refused)
                    .log("The signal is left to the JVM, which ends by it");
        }
    }
}

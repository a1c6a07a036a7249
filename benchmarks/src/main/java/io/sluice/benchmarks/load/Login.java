package io.sluice.benchmarks.load;

/** How a client says who it is. */
public interface Login {

    /** One attempt of it, for one connection. */
    interface Attempt {

        /** The CONNECT packet. */
        byte[] connect();

        /**
         * The packet that answers an AUTH of the server.
         *
         * @param data the Authentication Data in it
         */
        default byte[] answer(String data) {
            throw new IllegalStateException("AUTH: " + data + " (expected: CONNACK)");
        }
    }

    /** MQTT 5 or 3.1.1, as the login needs. */
    boolean isMqtt5();

    /** @param number of this attempt; no other has it */
    Attempt attempt(Packets packets, int number);

    /** The same by so few clients that each of them comes again, by turns. */
    default Login ofClients(int clients) {
        Login each = this;
        return new Login() {
            @Override
            public boolean isMqtt5() {
                return each.isMqtt5();
            }

            @Override
            public Attempt attempt(Packets packets, int number) {
                return each.attempt(packets, number % clients);
            }
        };
    }

    /** Says nothing but a client id. */
    static Login anonymous(String name) {
        return new SimpleLogin(number -> name + "-" + number, null);
    }

    /** A user name and a password, which may be a token; {@code %d} in the user name is the number of the attempt. */
    static Login password(String name, String userName, String password) {
        return new SimpleLogin(
                number -> name + "-" + number,
                new SimpleLogin.Named(number -> userName.replace("%d", Integer.toString(number)), password));
    }

    /** Proves a password by SCRAM-SHA-256 (RFC 7677). */
    static Login scram(String name, String userName, String password) {
        return new ScramLogin(name, userName, password);
    }
}

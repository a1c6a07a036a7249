package io.sluice.mqtt.auth.scram;

import org.jspecify.annotations.Nullable;

/**
 * The client's first message: {@code n,a=authzid,n=user,r=nonce}.
 *
 * @param gs2Header to its second comma, as the client repeats it in its final message
 * @param authorizationId whom it wants to act as, or null; encoded as it came
 * @param userName decoded and normalised
 * @param bare what follows the header, for the signatures
 */
record ClientFirst(String gs2Header, @Nullable String authorizationId, String userName, String nonce, String bare) {

    static ClientFirst parse(String message) throws ScramError {
        int flagEnd = message.indexOf(',');
        int headerEnd = message.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) {
            throw malformed("no header of two commas");
        }
        checkFlag(message.substring(0, flagEnd));
        String authorization = message.substring(flagEnd + 1, headerEnd);
        if (!authorization.isEmpty() && !authorization.startsWith("a=")) {
            throw malformed("something else than a= before the second comma");
        }
        String bare = message.substring(headerEnd + 1);
        String[] attributes = bare.split(",", -1);
        if (attributes[0].startsWith("m=")) {
            throw malformed("an extension that is mandatory (m=), and none is known");
        }
        String userName = userName(value(attributes, 0, "n="));
        String nonce = nonce(value(attributes, 1, "r="));
        return new ClientFirst(
                message.substring(0, headerEnd + 1),
                authorization.isEmpty() ? null : authorization.substring(2),
                userName,
                nonce,
                bare);
    }

    private static void checkFlag(String flag) throws ScramError {
        if (flag.startsWith("p=")) {
            throw new ScramError(ScramFailure.CHANNEL_BINDING, "channel binding asked for (expected: n or y)");
        }
        // y: it could bind, and believes that we cannot. It is right.
        if (!flag.equals("n") && !flag.equals("y")) {
            throw malformed("an unknown channel binding flag (expected: n or y)");
        }
    }

    /** The value of the attribute at that place. */
    static String value(String[] attributes, int index, String key) throws ScramError {
        if (index >= attributes.length || !attributes[index].startsWith(key)) {
            throw malformed("no " + key + " at its place");
        }
        return attributes[index].substring(key.length());
    }

    static String nonce(String nonce) throws ScramError {
        if (nonce.isEmpty() || nonce.chars().anyMatch(c -> c < 0x21 || c > 0x7E)) {
            throw malformed("a nonce that is empty or not printable");
        }
        return nonce;
    }

    private static String userName(String encoded) throws ScramError {
        String userName;
        try {
            userName = SaslPrep.prepare(decode(encoded));
        } catch (SaslPrep.Prohibited prohibited) {
            throw new ScramError(ScramFailure.USER_NAME, "the user name " + prohibited.getMessage());
        }
        if (userName.isEmpty()) {
            throw new ScramError(ScramFailure.USER_NAME, "the user name is empty");
        }
        return userName;
    }

    /** Commas are =2C, equals signs are =3D, and there is no other escape. */
    static String decode(String encoded) throws ScramError {
        StringBuilder decoded = new StringBuilder(encoded.length());
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c != '=') {
                decoded.append(c);
            } else if (encoded.startsWith("=2C", i)) {
                decoded.append(',');
                i += 2;
            } else if (encoded.startsWith("=3D", i)) {
                decoded.append('=');
                i += 2;
            } else {
                throw malformed("an = in a name that is neither =2C nor =3D");
            }
        }
        return decoded.toString();
    }

    static ScramError malformed(String found) {
        return new ScramError(ScramFailure.MALFORMED, found);
    }
}

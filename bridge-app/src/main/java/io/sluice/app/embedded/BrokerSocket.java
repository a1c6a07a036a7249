package io.sluice.app.embedded;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Requests to a broker for which Kafka's clients have no method (Kafka protocol guide, "Network": size, header, body).
 * Without TLS and SASL. Blocks.
 */
record BrokerSocket(String host, int port) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    AbstractResponse ask(ApiKeys api, short version, AbstractRequest request) throws IOException {
        RequestHeader header = new RequestHeader(api, version, "sluice-embedded", 1);
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            socket.connect(new InetSocketAddress(host, port), (int) TIMEOUT.toMillis());
            ByteBuffer asked = request.serializeWithHeader(header);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(asked.remaining());
            out.write(asked.array(), asked.arrayOffset() + asked.position(), asked.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readInt()];
            in.readFully(answer);
            return AbstractResponse.parseResponse(ByteBuffer.wrap(answer), header);
        }
    }
}

package io.sluice.mqtt.listener;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Networks whose addresses are trusted with something. Immutable. */
public final class AllowedPeers {

    private static final Pattern FORM = Pattern.compile("([0-9a-fA-F:.]+)/(\\d{1,3})");

    private final List<IpSubnetFilterRule> networks;

    /**
     * @param networks as {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is itself alone
     * @throws IllegalArgumentException with what was found and what was expected
     */
    public AllowedPeers(List<String> networks) {
        this.networks = networks.stream().map(AllowedPeers::network).toList();
    }

    private static IpSubnetFilterRule network(String text) {
        InetAddress bare = NetUtil.createInetAddressFromIpAddressString(text);
        if (bare != null) {
            return new IpSubnetFilterRule(bare, bare.getAddress().length * 8, IpFilterRuleType.ACCEPT);
        }
        Matcher matcher = FORM.matcher(text);
        InetAddress address = matcher.matches() ? NetUtil.createInetAddressFromIpAddressString(matcher.group(1)) : null;
        int bits = address == null ? 0 : Integer.parseInt(matcher.group(2));
        if (address == null || bits > address.getAddress().length * 8) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: a network such as 10.0.0.0/8)");
        }
        return new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
    }

    boolean contains(InetSocketAddress peer) {
        return networks.stream().anyMatch(network -> network.matches(peer));
    }
}

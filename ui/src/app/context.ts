// Hands the composed application down the tree.

import { createContext } from 'svelte';
import type { App } from './compose';

export const [getApp, setApp] = createContext<App>();
